//! The word lists of the lexicon, in a form that is easy to read and extend.

/// Common words that the rules count wrong, and the most common words, which are faster to
/// look up than to count. First those with one syllable, then with two, and so on.
pub(super) const IRREGULAR: [&str; 6] = [
    "\
     a aisle all am an and are as at back be been best both but by can come coop could day \
     did dire do down drawer drawers first for from gao geoff get go good got great had has \
     have he her here him his home how i if in is isle isles it its juan just know last life \
     like long look love made make man may me more most much my need new no not now of off on \
     one or out prayer prayers right said same say see seoul she shire should sioux so some \
     still such take tao than that the their them then there these they think this those \
     through time to too two up us use used vaughan want was way we well were what when where \
     which while who why will with work world would year years you your",
    "\
     about acne admire after agnes ahmed aires alfred also any argue argued argues aspire aug \
     ave averaged awfully barefoot bc because before being belgium berkeley berkshire \
     bluetooth boredom bourgeois bp bracelet brilliance brilliant bryan bryant bs buenos \
     business cafe carlisle cashier catholic catholics cb cc cd cds charleston chelsea \
     cheshire chile chloe chocolate chocolates choir cleveland clueless coleman colonel \
     comeback conscience conveyed cooper crooked cruelty cruising cuisine cv dante dc debuted \
     desperate diamond diamonds diaper dj driveway dryer elsewhere emerald eu even evening \
     evenings expire expired farewell flour flyer flyers fm foliage forest forests framework \
     frederick frontier gateway genius genre genres geoffrey georgetown giant giants gimme \
     glacier gloucester gm goa going graveyard guinea hampshire headaches hour hours hp hr \
     ibn iceland inspire inspires interest interests into ip iq jaime jared jesse joanne \
     jorge jose jr julius kiev kobe kuala leah legged leicester leonard leopard liam likewise \
     limestone linkedin lion lions livestock lois lp ls lucia luis lyon lyons manuel many \
     maybe mclean md meyer mg milestone minecraft monte mr mrs mueller myers naive naked \
     never ngo ngos nike nineteen nineteenth noah ok oneself only opera other our ours over \
     paolo pc pcs people pepe persuade ph phoenix pierre pinterest pipeline pipelines \
     platinum pm porsche pr premier princeton privilege privileged psyche really retire \
     retired righteous rugged ryan safest salesman sampling samuel sergio several sgt \
     shakespeare smuggling soldier soldiers someday someone something sophomore sour \
     sovereign spacecraft spokesman sr ss startling suarez surveyed tattooed tb th theorem \
     theories theory thereof torres ts tumblr tv tvs tyres ui uk uv vacuum vaguely vampire \
     vampires very vineyard visuals vp vs wavelength wednesday whereas wicked widespread \
     wireless worcester wrestling wyatt xavier xbox yorkshire zoe",
    "\
     abc achilles adobe afl albeit alias alicia ama amd angeles anime anyone apache api \
     arguing ariel atheist atm atp averages averaging bbc bbq beatrice beautifully beforehand \
     behaviour beverages beyonce blvd bosnia brilliantly businesses businessman businessmen \
     cbc cbs cdc ceo cereal cia cnn coincide collegiate cps cpu croatia cycling cyclist \
     cyclists damien danielle decorative deity diego differently dna dnc doubling dvd dvds \
     ecuador elaborate element elements elias enrique epa especially every everyday \
     everything everytime everywhere excellency familiar fbi fcc fda fiance fiery finale \
     firearm firearms firefox fireplace forestry forever gabriel gdp gps hbo hercules heroic \
     heroin heroine hiv homelessness homeowners ibm imagery indifferent infrared interested \
     interesting irs israel jeopardy jfk joanna julian karate kardashian lancashire libya \
     libyan likelihood lineage linear lionel livelihood llc loneliness ltd makeover mania mba \
     mercedes mit mohamed mohammed montgomery montreal moreover mosaic mph mri mtv nba nbc \
     nfc nfl niagara npr nuclear nucleus oasis orient ourselves overseas patricia pdf \
     peculiar persuaded persuasive pga phd philippe php pneumonia policeman policemen \
     posterior principally privileges proactive rafael realize realized recipe recipes \
     recovery recruiting reinforce reinforced requirement requirements resilient reunion \
     righteousness rna rosemary rpm ruining rwanda salisbury seattle sesame sierra simpler \
     sms solely sovereignty spokesperson stakeholders suitable suv takeover temperature \
     temperatures tertiary theater theaters theatre theatres theresa tokyo troubling \
     twentieth ufo uniquely url usa usb uss valuable vegetable vegetables vienna vietnam vip \
     visually w watershed wherever whoever wrestler wyoming zimbabwe",
    "\
     adhd aforementioned albuquerque aluminium apprenticeship arguably armenia asap auxiliary \
     catastrophe cctv coalition coincidence complementary controversial critically dementia \
     diabetes dietary edinburgh elementary emotionally enabling espn estonia etc everybody \
     feb firefighters hierarchy html http ieee initiative initiatives inquiries insomnia \
     invaluable judaism karaoke laboratories laboratory marijuana nevertheless nicaragua nypd \
     oecd oriental oriented physically ptsd realizes realizing recipient recipients recycling \
     reinforcement reinforcements requiring reunited romania satisfactory slovenia somalia \
     tanzania tasmania technically theatrical unfamiliar unreasonable usda ussr venezuela \
     venezuelan veterinary vietnamese whatsoever",
    "\
     bmw christianity familiarity historically lithuania louisiana minneapolis orientation \
     politically proprietary radioactive schizophrenia statistically",
    "\
     extraordinarily fyi periodically scientifically theoretically",
];

/// Words with at least three syllables that fourth-graders know (from the list of Dale and
/// Chall). The Gunning fog index does not count them as complex.
pub(super) const FAMILIAR: &str = "\
    accident adventure afternoon afterward afterwards alligator already america american \
    animal another anybody anyhow anyone anything anyway anywhere apartment arithmetic \
    attention automobile avenue awaken bakery banana battleship beautiful beautify becoming \
    beginning bicycle blackberry blueberry bookkeeper buffalo bumblebee buttercup butterfly \
    buttermilk butterscotch buttonhole cabinet calendar campfire canary candlestick capital \
    carelessness carpenter caterpillar cereal certainly champion cigarette citizen coconut \
    company conductor cowardly cranberry customer dangerous december deposit desire \
    difference different direction discover dressmaker electric electricity elephant eleven \
    enemy engineer envelope eraser every everybody everyday everyone everything everywhere \
    excited exciting factory family faraway favorite february finally firearm firecracker \
    fireplace fisherman flowery following forgotten furniture gasoline general gentleman \
    gentlemen geography gingerbread godmother gooseberry government grandchildren \
    granddaughter grandfather grandmother grasshopper grocery gunpowder handkerchief \
    handwriting happily happiness hickory history holiday honeybee honeymoon hospital \
    however idea important impossible indian interested interesting ivory january jellyfish \
    lemonade liberty library locomotive machinery magazine manager medicine multiply \
    neighborhood nevermore newspaper nobody november october officer otherwise ourselves \
    overalls overcoat overeat overhead overhear overnight overturn passenger peppermint \
    piano pineapple pocketbook policeman possible potato potatoes powerful pussycat radio \
    rapidly remember satisfactory saturday schoolmaster separate september settlement \
    seventeen seventy shoemaker slippery somebody strawberry sunflower tablecloth tablespoon \
    telephone terrible thanksgiving theater tobacco together tomato tomorrow tricycle \
    umbrella understand underwear unfinished unfriendly unhappy uniform united unpleasant \
    unwilling valentine valuable vegetable victory violet visitor watermelon waterproof \
    whenever wonderful woodpecker yesterday";

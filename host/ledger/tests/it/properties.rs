//! What holds of every ledger: its projections are what its events say, and no byte of a row can
//! be another unseen.

use proptest::prelude::*;
use proptest::test_runner::Config;
use rusqlite::Connection;
use rusqlite::types::Value;
use tollgate_model::{
    Act, Digest, Erasure, Figure, Incident, KpiFigure, Money, Rollback, Rollout, RolloutStage,
    Ruling, RunEvent, Share, Spend, What,
};

use crate::common::{World, approved_run, claim, entry, level, line, review, run, run_event};

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Few names, so that events meet.
fn name() -> impl Strategy<Value = String> {
    (0..4_u8).prop_map(|name| name.to_string())
}

fn ruling() -> impl Strategy<Value = Ruling> {
    prop_oneof![Just(Ruling::Allow), Just(Ruling::Hold), Just(Ruling::Hold), Just(Ruling::Block)]
}

fn act() -> impl Strategy<Value = Act> {
    let words = || "because".parse().unwrap();
    prop_oneof![
        Just(Act::Approve),
        name().prop_map(|name| Act::Edit { edited: Digest::of(name) }),
        Just(Act::Reject { reason: words() }),
        Just(Act::Escalate { reason: words() }),
    ]
}

fn person() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Kim Osei", "Lee Park", "kim  osei"])
}

fn reviewing() -> impl Strategy<Value = What> {
    prop_oneof![
        (name(), person(), 0..9_u64).prop_map(|(name, by, until)| claim(&name, by, until)),
        (name(), person(), act()).prop_map(|(name, by, act)| review(&name, by, act)),
        name().prop_map(|name| approved_run(&name)),
    ]
}

fn judging() -> impl Strategy<Value = What> {
    let special = (name(), ruling(), any::<[bool; 2]>(), prop::option::of(name()));
    let special = special.prop_map(|(name, ruling, [audit, shadow], from)| {
        let mut event = run_event(&name, ruling);
        event.decision.audit = audit;
        event.decision.would_be = shadow.then_some(Ruling::Allow);
        What::Run(Box::new(RunEvent { edited_from: from.map(Digest::of), ..event }))
    });
    prop_oneof![
        (name(), ruling()).prop_map(|(name, ruling)| run(&name, ruling)),
        special,
        (name(), name()).prop_map(|(key, name)| line("batch", &key, &name)),
    ]
}

fn steering() -> impl Strategy<Value = What> {
    let by = || "Dana Hill".parse().unwrap();
    let words = || "sent twice".parse().unwrap();
    let stages = vec![
        RolloutStage::Shadow,
        RolloutStage::Canary { share: Share::of(0.1).unwrap() },
        RolloutStage::Full,
        RolloutStage::Aborted,
    ];
    let rollout = (name(), prop::sample::select(stages)).prop_map(move |(name, stage)| {
        What::Rollout(Rollout { release: Digest::of(name), stage, by: by() })
    });
    let rollback = (prop::option::of(name()), prop::option::of(name()));
    let rollback = rollback.prop_map(move |(run, release)| {
        let (run, release) = (run.map(Digest::of), release.map(Digest::of));
        What::Rollback(Rollback { run, release, by: by(), reason: words() })
    });
    let kpi = any::<f64>()
        .prop_filter_map("finite", Figure::of)
        .prop_map(move |value| What::Kpi(KpiFigure { kpi: words(), value, source: words() }));
    let spend =
        (0..1_000_000_000_000_000_u64, prop::option::of(name())).prop_map(|(amount, campaign)| {
            What::Spend(Spend { run: None, campaign, amount: Money::of_micros(amount) })
        });
    let incident = name().prop_map(move |name| {
        What::Incident(Incident { what: name.parse().unwrap(), by: by(), run: None })
    });
    // The very content that runs of this name hold.
    let erasure = name().prop_map(move |name| {
        let text = format!("{{\"text\":\"Welcome, {name}!\"}}");
        let contents = vec![Digest::of(text), Digest::of(name)];
        What::Erasure(Erasure { contents, by: words(), reason: words() })
    });
    prop_oneof![(0..4_u8).prop_map(level), rollout, rollback, kpi, spend, incident, erasure]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![judging(), reviewing(), judging(), reviewing(), steering()]
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn projections_are_what_the_events_say(
        groups in prop::collection::vec(
            (prop::collection::vec(what(), 1..4), prop::option::of(0..9_u64)), 1..25,
        ),
    ) {
        let world = World::new();
        for (at_ms, (whats, keep_until_ms)) in groups.into_iter().enumerate() {
            // Out of order too: clocks of hosts differ.
            let at_ms = (at_ms as u64) ^ 3;
            let entries = whats.into_iter().map(|what| {
                tollgate_ledger::Entry { keep_until_ms, ..entry(at_ms, what) }
            });
            // A line that is recorded already is refused, and nothing of its group is there.
            let _ = world.ledger.append_blocking(entries.collect());
        }
        world.assert_sound();
        let before = dump(&world);
        world.ledger.rebuild().unwrap();
        prop_assert_eq!(dump(&world), before);
        world.assert_sound();
    }
}

const TABLES: [&str; 13] = [
    "events",
    "contents",
    "runs",
    "mentions",
    "lines",
    "queue",
    "tracks",
    "levels",
    "happened",
    "figures",
    "days",
    "campaigns",
    "rollouts",
];

fn dump(world: &World) -> Vec<Vec<Value>> {
    let connection = Connection::open(world.path()).unwrap();
    let mut all = Vec::new();
    for table in TABLES {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
        all.extend(rows.unwrap().map(Result::unwrap));
    }
    all
}

/// Another value of the same kind.
fn other(value: Value, at: usize, bit: u8) -> Value {
    match value {
        Value::Null => Value::Integer(1),
        Value::Integer(number) => Value::Integer(number ^ (1 << (bit % 60))),
        Value::Real(number) => Value::Real(number + 1.0),
        Value::Text(text) => {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at % characters.len().max(1);
            match characters.get_mut(at) {
                Some(character) => *character = if *character == 'x' { 'y' } else { 'x' },
                None => characters.push('x'),
            }
            Value::Text(characters.into_iter().collect())
        }
        Value::Blob(mut bytes) => {
            let at = at % bytes.len().max(1);
            match bytes.get_mut(at) {
                Some(byte) => *byte ^= 1 << (bit % 8),
                None => bytes.push(0),
            }
            Value::Blob(bytes)
        }
    }
}

/// The columns of a table, but those that only the database itself is interested in.
fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let names = statement.column_names().map(str::to_owned);
    names.filter(|name| name != "id").collect()
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn no_field_of_any_row_is_another_unseen(
        table in prop::sample::select(TABLES.to_vec()),
        (row, column, at, bit) in any::<(usize, usize, usize, u8)>(),
    ) {
        let world = World::new();
        let by = || "Dana Hill".parse().unwrap();
        let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
        let spend = Spend { run: None, campaign: Some("a".into()), amount: Money::of_micros(5) };
        let rollout = Rollout { release: Digest::of("r"), stage: RolloutStage::Full, by: by() };
        let incident = Incident { what: source, by: by(), run: None };
        let value = Figure::of(0.5).unwrap();
        let entries = [
            level(2),
            What::Rollout(rollout),
            What::Spend(spend),
            What::Incident(incident),
            What::Kpi(KpiFigure { kpi, value, source: "crm".parse().unwrap() }),
            line("batch", "1", "one"),
            run("two", Ruling::Hold),
            review("two", "Kim Osei", Act::Approve),
            approved_run("two"),
            run("three", Ruling::Hold),
            claim("three", "Kim Osei", 9),
        ];
        for (at_ms, what) in entries.into_iter().enumerate() {
            world.append(at_ms as u64, what);
        }
        let connection = Connection::open(world.path()).unwrap();
        let columns = columns(&connection, table);
        let column = &columns[column % columns.len()];
        let count: isize =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        let sql = format!("SELECT {column} FROM {table} LIMIT 1 OFFSET {}", row % count.unsigned_abs());
        let value: Value = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        let to = other(value.clone(), at, bit);
        let sql = format!("UPDATE OR IGNORE {table} SET {column} = ?2 WHERE {column} IS ?1");
        // Some changes the tables themselves refuse.
        let Ok(1..) = connection.execute(&sql, [&value, &to]) else { return Ok(()) };
        let view = world.view();
        let verified = view.verify(&[], |_, _| true).unwrap();
        let found = !verified.is_sound() || view.check().map_or(true, |found| !found.is_empty());
        prop_assert!(found, "{table}.{column}: {value:?} became {to:?}");
        if table == "events" {
            prop_assert!(!verified.is_sound(), "{column}: {value:?} became {to:?}");
        }
    }
}

//! Properties of every ledger: its projections match its events, and no change to a row goes unnoticed.

use proptest::prelude::*;
use proptest::test_runner::Config;
use rusqlite::Connection;
use rusqlite::types::Value;
use tollgate_model::{
    Digest, ErasureEvent, EventKind, Figure, IncidentEvent, KpiEvent, Money, ReviewAction,
    RollbackEvent, RolloutEvent, RolloutStage, Ruling, RunEvent, Share, SpendEvent,
};

use crate::common::{TestLedger, approved_run, claim, entry, level, line, review, run, run_event};

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// A small set of names, so that events often concern the same run.
fn name() -> impl Strategy<Value = String> {
    (0..4_u8).prop_map(|name| name.to_string())
}

fn ruling() -> impl Strategy<Value = Ruling> {
    prop_oneof![Just(Ruling::Allow), Just(Ruling::Hold), Just(Ruling::Hold), Just(Ruling::Block)]
}

fn act() -> impl Strategy<Value = ReviewAction> {
    let words = || "because".parse().unwrap();
    prop_oneof![
        Just(ReviewAction::Approve),
        name().prop_map(|name| ReviewAction::Edit { edited: Digest::of(name) }),
        Just(ReviewAction::Reject { reason: words() }),
        Just(ReviewAction::Escalate { reason: words() }),
    ]
}

fn person() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Kim Osei", "Lee Park", "kim  osei"])
}

fn reviewing() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        (name(), person(), 0..9_u64).prop_map(|(name, by, until)| claim(&name, by, until)),
        (name(), person(), act()).prop_map(|(name, by, act)| review(&name, by, act)),
        name().prop_map(|name| approved_run(&name)),
    ]
}

fn judging() -> impl Strategy<Value = EventKind> {
    let special = (name(), ruling(), any::<[bool; 2]>(), prop::option::of(name()));
    let special = special.prop_map(|(name, ruling, [audit, shadow], from)| {
        let mut event = run_event(&name, ruling);
        event.decision.audit = audit;
        event.decision.would_be = shadow.then_some(Ruling::Allow);
        EventKind::Run(Box::new(RunEvent { edited_from: from.map(Digest::of), ..event }))
    });
    prop_oneof![
        (name(), ruling()).prop_map(|(name, ruling)| run(&name, ruling)),
        special,
        (name(), name()).prop_map(|(key, name)| line("batch", &key, &name)),
    ]
}

fn steering() -> impl Strategy<Value = EventKind> {
    let by = || "Dana Hill".parse().unwrap();
    let words = || "sent twice".parse().unwrap();
    let stages = vec![
        RolloutStage::Shadow,
        RolloutStage::Canary { share: Share::new(0.1).unwrap() },
        RolloutStage::Full,
        RolloutStage::Aborted,
    ];
    let rollout = (name(), prop::sample::select(stages)).prop_map(move |(name, stage)| {
        EventKind::Rollout(RolloutEvent { release: Digest::of(name), stage, by: by() })
    });
    let rollback = (prop::option::of(name()), prop::option::of(name()));
    let rollback = rollback.prop_map(move |(run, release)| {
        let (run, release) = (run.map(Digest::of), release.map(Digest::of));
        EventKind::Rollback(RollbackEvent { run, release, by: by(), reason: words() })
    });
    let kpi = any::<f64>()
        .prop_filter_map("finite", Figure::new)
        .prop_map(move |value| EventKind::Kpi(KpiEvent { kpi: words(), value, source: words() }));
    let spend =
        (0..1_000_000_000_000_000_u64, prop::option::of(name())).prop_map(|(amount, campaign)| {
            EventKind::Spend(SpendEvent { run: None, campaign, amount: Money::from_micros(amount) })
        });
    let incident = name().prop_map(move |name| {
        EventKind::Incident(IncidentEvent {
            description: name.parse().unwrap(),
            by: by(),
            run: None,
        })
    });
    // The digest of the content that runs with this name refer to.
    let erasure = name().prop_map(move |name| {
        let text = format!("{{\"text\":\"Welcome, {name}!\"}}");
        let contents = vec![Digest::of(text), Digest::of(name)];
        EventKind::Erasure(ErasureEvent { contents, by: words(), reason: words() })
    });
    prop_oneof![(0..4_u8).prop_map(level), rollout, rollback, kpi, spend, incident, erasure]
}

fn any_event() -> impl Strategy<Value = EventKind> {
    prop_oneof![judging(), reviewing(), judging(), reviewing(), steering()]
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn rebuilt_projections_equal_the_stored_ones(
        groups in prop::collection::vec(
            (prop::collection::vec(any_event(), 1..4), prop::option::of(0..9_u64)), 1..25,
        ),
    ) {
        let world = TestLedger::new();
        for (at_ms, (whats, keep_until_ms)) in groups.into_iter().enumerate() {
            // Not in order, because the clocks of hosts differ.
            let at_ms = (at_ms as u64) ^ 3;
            let entries = whats.into_iter().map(|what| {
                tollgate_ledger::LedgerEntry { keep_until_ms, ..entry(at_ms, what) }
            });
            // A batch line that is already recorded is refused with its whole group.
            let _ = world.ledger.append_blocking(entries.collect());
        }
        world.assert_sound();
        let before = dump_tables(&world);
        world.ledger.rebuild().unwrap();
        prop_assert_eq!(dump_tables(&world), before);
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

fn dump_tables(world: &TestLedger) -> Vec<Vec<Value>> {
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

/// Returns a different value of the same type.
fn changed_value(value: Value, at: usize, bit: u8) -> Value {
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

/// Returns a table's columns without `id`, which only SQLite uses.
fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let names = statement.column_names().map(str::to_owned);
    names.filter(|name| name != "id").collect()
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn detects_a_change_of_any_field(
        table in prop::sample::select(TABLES.to_vec()),
        (row, column, at, bit) in any::<(usize, usize, usize, u8)>(),
    ) {
        let world = TestLedger::new();
        let by = || "Dana Hill".parse().unwrap();
        let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
        let spend = SpendEvent { run: None, campaign: Some("a".into()), amount: Money::from_micros(5) };
        let rollout = RolloutEvent { release: Digest::of("r"), stage: RolloutStage::Full, by: by() };
        let incident = IncidentEvent { description: source, by: by(), run: None };
        let value = Figure::new(0.5).unwrap();
        let entries = [
            level(2),
            EventKind::Rollout(rollout),
            EventKind::Spend(spend),
            EventKind::Incident(incident),
            EventKind::Kpi(KpiEvent { kpi, value, source: "crm".parse().unwrap() }),
            line("batch", "1", "one"),
            run("two", Ruling::Hold),
            review("two", "Kim Osei", ReviewAction::Approve),
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
        let to = changed_value(value.clone(), at, bit);
        let sql = format!("UPDATE OR IGNORE {table} SET {column} = ?2 WHERE {column} IS ?1");
        // The tables themselves refuse some changes.
        let Ok(1..) = connection.execute(&sql, [&value, &to]) else { return Ok(()) };
        let view = world.view();
        let verified = view.verify(&[], |_, _| true).unwrap();
        let found = !verified.is_sound() || view.check_projections().map_or(true, |found| !found.is_empty());
        prop_assert!(found, "{table}.{column}: {value:?} became {to:?}");
        if table == "events" {
            prop_assert!(!verified.is_sound(), "{column}: {value:?} became {to:?}");
        }
    }
}

//! No change to a row goes unnoticed.

use proptest::prelude::*;
use proptest::test_runner::Config;
use rusqlite::Connection;
use rusqlite::types::Value;
use tollgate_ledger::LedgerReader;
use tollgate_ledger::conformance::fixtures::{
    approved_run, claim, incident, level, line, review, run, spend,
};
use tollgate_model::{
    Digest, EventKind, Figure, KpiEvent, OutputId, ReviewAction, RolloutEvent, RolloutStage, Ruling,
};

use crate::common::TestFile;

const TABLES: [&str; 16] = [
    "events",
    "contents",
    "runs",
    "mentions",
    "lines",
    "output_ids",
    "queue",
    "cycles",
    "reviewers",
    "levels",
    "gate_versions",
    "incidents",
    "figures",
    "days",
    "campaigns",
    "rollouts",
];

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
    #![proptest_config(Config { cases: 120, failure_persistence: None, ..Config::default() })]

    #[test]
    fn detects_a_change_of_any_field(
        table in prop::sample::select(TABLES.to_vec()),
        (row, column, at, bit) in any::<(usize, usize, usize, u8)>(),
    ) {
        let world = TestFile::new();
        let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
        let (release, by) = (Digest::of("r"), "Dana Hill".parse().unwrap());
        let rollout = RolloutEvent { release, stage: RolloutStage::Full, by, reason: None };
        let value = Figure::new(0.5).unwrap();
        let EventKind::Run(mut with_id) = line("batch", "1", "one") else { panic!("no run") };
        with_id.output_id = Some(OutputId::new("dana"));
        let entries = [
            level(2),
            EventKind::Rollout(rollout),
            spend(5, Some("a")),
            incident("sent twice"),
            EventKind::Kpi(KpiEvent { kpi, value, source }),
            EventKind::Run(with_id),
            run("two", Ruling::Hold),
            review("two", "Kim Osei", ReviewAction::Approve),
            approved_run("two"),
            run("three", Ruling::Hold),
            claim("three", "Kim Osei", 9),
        ];
        for (at_ms, kind) in entries.into_iter().enumerate() {
            world.append(at_ms as u64, kind);
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
        let reader = world.reader();
        let verified = reader.verify(&[], &|_, _| true).unwrap();
        let found = !verified.is_sound() || reader.check_projections().map_or(true, |found| !found.is_empty());
        prop_assert!(found, "{table}.{column}: {value:?} became {to:?}");
        if table == "events" {
            prop_assert!(!verified.is_sound(), "{column}: {value:?} became {to:?}");
        }
    }
}

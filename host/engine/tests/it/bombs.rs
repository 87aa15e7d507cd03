//! Components that take very long or very much memory to compile are refused at once.

use std::fmt::Write;
use std::time::{Duration, Instant};

use tollgate_engine::{CompileAmount, Engine, InspectError, Settings, inspect};

use crate::common::{component, load};
use crate::guests;

/// Time within which a bomb is refused. Reading the largest of them takes a second in a test build.
const REFUSAL_TIME: Duration = Duration::from_secs(10);

/// Checks that a component is refused for this amount.
fn check(bytes: &[u8], expected: CompileAmount) {
    let started = Instant::now();
    match inspect(bytes) {
        Err(InspectError::Bomb { amount, found, limit }) => {
            assert_eq!(amount, expected, "{found} of {limit}");
        }
        other => panic!("{expected}: {other:?}"),
    }
    assert!(started.elapsed() < REFUSAL_TIME, "{expected}: {:?}", started.elapsed());
}

/// A guest with another module, which has these fields.
fn with_module(fields: &str) -> Vec<u8> {
    guests::minimal_and(&format!("(core module {fields})"))
}

/// A guest with a function that has locals, keeps them alive, and has this code between.
fn with_function(locals: usize, code: &str) -> Vec<u8> {
    let (mut set, mut get) = (String::new(), String::new());
    for local in 1..=locals {
        write!(set, "(local.set {local} (local.get 0))").unwrap();
        write!(get, "(local.set 0 (i32.add (local.get 0) (local.get {local})))").unwrap();
    }
    let declared = "i32 ".repeat(locals);
    with_module(&format!(
        "(func (param i32) (result i32) (local {declared}) {set} {code} {get} (local.get 0))"
    ))
}

#[test]
fn refuses_many_states_of_variables() {
    let ifs = |count: usize| "(if (local.get 0) (then (local.set 1 (i32.const 1))))".repeat(count);
    check(&with_function(1_000, &ifs(20_000)), CompileAmount::FunctionStates);
    check(&with_function(5_000, &ifs(50_000)), CompileAmount::FunctionStates);
    let loops = "(loop (br_if 0 (local.get 0)))".repeat(2_000);
    check(&with_function(2_000, &loops), CompileAmount::FunctionStates);
    let functions = format!("(func (param i32) (local {}) {})", "i32 ".repeat(400), ifs(400));
    check(&with_module(&functions.repeat(70)), CompileAmount::States);
}

/// Text cannot be nested so deep, so the instructions are written flat.
#[test]
fn refuses_deep_nesting() {
    for (open, depth) in [("loop ", 100_000), ("block ", 200_000), ("i32.const 0 if ", 100_000)] {
        let code = format!("{} {}", open.repeat(depth), "end ".repeat(depth));
        check(&with_module(&format!("(func {code})")), CompileAmount::FunctionNesting);
    }
    check(&guests::deep_nesting(900), CompileAmount::NestedComponents);
}

#[test]
fn refuses_much_code() {
    let sum = "(local.set 0 (i32.add (local.get 0) (i32.const 77777)))";
    check(&with_function(1, &sum.repeat(150_000)), CompileAmount::FunctionBytes);
    let function = format!("(func (param i32) {})", sum.repeat(1_000));
    check(&with_module(&function.repeat(4_000)), CompileAmount::CodeBytes);
}

#[test]
fn refuses_many_items() {
    check(&guests::many_functions(110_000), CompileAmount::Functions);
    let elements = format!("(table 1 funcref) (func $f) (elem func {})", "$f ".repeat(210_000));
    check(&with_module(&elements), CompileAmount::Elements);
    let expressions = "(ref.null func) ".repeat(210_000);
    let elements = format!("(table 1 funcref) (elem funcref {expressions})");
    check(&with_module(&elements), CompileAmount::Elements);
    check(&with_module(&distinct_types(10_500)), CompileAmount::Types);
    let wide = format!("(type (func (param {})))", "i32 ".repeat(900));
    check(&with_module(&wide.repeat(300)), CompileAmount::TypeBytes);
    check(&with_module(&"(global i32 (i32.const 0))".repeat(210_000)), CompileAmount::Items);
    let locals = format!("(func (local {}))", "i32 ".repeat(45_000));
    check(&with_module(&locals.repeat(25)), CompileAmount::Locals);
}

/// Types that differ in their parameters, which are the digits of a number.
fn distinct_types(count: usize) -> String {
    let digit = ["i32", "i64", "f32", "f64"];
    (0..count).fold(String::new(), |mut types, number| {
        let parameters: Vec<_> = (0..10).map(|place| digit[number >> (2 * place) & 3]).collect();
        writeln!(types, "(type (func (param {})))", parameters.join(" ")).unwrap();
        types
    })
}

#[test]
fn refuses_many_branches() {
    check(&guests::long_function(600), CompileAmount::FunctionBranchTargets);
    let table = format!("(block (br_table {} (local.get 0)))", "0 ".repeat(19_000));
    let function = format!("(func (param i32) {table})");
    check(&with_module(&function.repeat(30)), CompileAmount::BranchTargets);
}

#[test]
fn accepts_what_is_below_the_bounds() {
    for module in below_the_bounds() {
        let inspected = inspect(&component(with_module(&module), &[]));
        assert!(inspected.is_ok(), "{}: {:?}", &module[..80], inspected);
    }
}

/// Modules with almost as much as inspection lets pass, each of one amount.
fn below_the_bounds() -> Vec<String> {
    let ifs = "(if (local.get 0) (then (local.set 1 (i32.const 1))))".repeat(500);
    let states = format!("(func (param i32) (local {}) {ifs})", "i32 ".repeat(990));
    let nested = format!("(func {} {})", "loop ".repeat(2_990), "end ".repeat(2_990));
    let sum = "(local.set 0 (i32.add (local.get 0) (i32.const 77777)))".repeat(80_000);
    let elements = "$f ".repeat(190_000);
    vec![
        distinct_types(9_500),
        states.repeat(19),
        nested.repeat(20),
        format!("(func (param i32) {sum})").repeat(4),
        format!("(table 1 funcref) (func $f) (elem func {elements})"),
        "(func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))".repeat(95_000),
        "(global i32 (i32.const 0))".repeat(190_000),
    ]
}

/// Components that pass inspection are compiled within the limits, or ended by them.
#[tokio::test]
#[ignore = "takes minutes"]
async fn loads_what_is_below_the_bounds_or_fails() {
    let compile_process = Some(crate::common::compile_process());
    let engine = Engine::new(Settings { compile_process, ..Settings::default() }).unwrap();
    for module in below_the_bounds() {
        let started = Instant::now();
        let loaded = load(&engine, component(with_module(&module), &[])).await;
        let outcome = loaded.map_or_else(|error| error.to_string(), |_| "loaded".into());
        let head = &module[..40];
        eprintln!("{head}: {outcome}, after {:?}", started.elapsed());
        let known = ["loaded", "compiling it takes", "cannot be run"];
        assert!(known.iter().any(|known| outcome.contains(known)), "{head}: {outcome}");
        assert!(started.elapsed() < Duration::from_secs(150), "{head}: {:?}", started.elapsed());
    }
}

/// Components that took minutes and gigabytes, in the size in which they did.
#[test]
#[ignore = "takes a minute"]
fn refuses_full_size_bombs() {
    let ifs = |count: usize| "(if (local.get 0) (then (local.set 1 (i32.const 1))))".repeat(count);
    check(&with_function(5_000, &ifs(200_000)), CompileAmount::FunctionBytes);
    let blocks = format!("(func {} {})", "block ".repeat(1_000_000), "end ".repeat(1_000_000));
    check(&with_module(&blocks), CompileAmount::FunctionBytes);
    check(&guests::many_functions(900_000), CompileAmount::Functions);
    let elements = format!("(table 1 funcref) (func $f) (elem func {})", "$f ".repeat(10_000_000));
    check(&with_module(&elements), CompileAmount::Elements);
    check(&with_module(&distinct_types(300_000)), CompileAmount::Types);
}

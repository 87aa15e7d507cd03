//! Features that a sandbox lacks and its limits, as each language shows them.

use std::fs;

use crate::tool::{Place, Ran};

const CONFIG: &str = r#"{"max": 1}"#;

/// Code that a contract runs, and the exit code of a judgement that runs it.
struct Act {
    code: &'static str,
    exit: i32,
}

/// Code that returns a text, which becomes a finding.
fn returns(code: &'static str) -> Act {
    Act { code, exit: 0 }
}

/// Code that makes the judgement fail.
fn fails(code: &'static str) -> Act {
    Act { code, exit: 2 }
}

/// Builds the template with a change that makes it run the act whose number is the subject's text.
fn build_contract(language: &str, source: &str, change: impl FnOnce(String) -> String) -> Place {
    let place = Place::new();
    place.run(&["new", "it", "--lang", language]).exits_with(0);
    let source = format!("it/{source}");
    let code = fs::read_to_string(place.path(&source)).unwrap();
    place.write(&source, change(code));
    place.run(&["build", "it"]).exits_with(0);
    place
}

fn judge_act(place: &Place, act: usize) -> Ran {
    let judge = ["judge", "it", "--json", "--config", CONFIG, "-"];
    place.run_with(&judge, act.to_string().as_bytes())
}

/// Asserts the exit code of each act, and that a second process finds the same.
fn check_acts(place: &Place, acts: &[Act]) {
    for (number, act) in acts.iter().enumerate() {
        let ran = judge_act(place, number);
        ran.exits_with_snapshot(act.exit);
        if act.exit == 0 {
            assert_eq!(judge_act(place, number).json()["findings"], ran.json()["findings"]);
        }
    }
}

#[test]
fn go() {
    let acts = [
        returns(r#"fmt.Println("nobody reads this"); return "printed""#),
        returns(r#"return time.Now().UTC().Format("it is 2006")"#),
        returns("time.Sleep(1000 * time.Hour); return \"slept\""),
        returns("return fmt.Sprint(rand.Int63())"),
        returns(
            "all := \"\"; for it := range map[int]int{1: 1, 2: 2, 3: 3} { all += fmt.Sprint(it) }; return all",
        ),
        returns(r#"_, err := os.ReadFile("/etc/passwd"); return err.Error()"#),
        returns(r#"return "[" + os.Getenv("PATH") + "]""#),
        returns(r#"_, err := net.Dial("tcp", "127.0.0.1:80"); return err.Error()"#),
        returns("done := make(chan string); go func() { done <- \"together\" }(); return <-done"),
        fails("return <-make(chan string)"),
        fails("go func() { panic(\"aside\") }(); time.Sleep(1); return \"\""),
        fails("for { }"),
        fails("return string(make([]byte, 1<<30))"),
        fails("os.Exit(0); return \"\""),
    ];
    let place = Place::new();
    place.run(&["new", "it", "--lang", "go"]).exits_with(0);
    let code = fs::read_to_string(place.path("it/contract.go")).unwrap();
    let first = "\treport := &tollgate.Report{}\n";
    let call = "\tif result := act(text); result != nil {\n\t\treturn result, nil\n\t}\n";
    place.write("it/contract.go", code.replace(first, &format!("{call}{first}")));
    let cases: String = (0..)
        .zip(&acts)
        .map(|(number, act): (usize, &Act)| {
            format!("\tcase \"{number}\":\n\t\tresult = func() string {{ {} }}()\n", act.code)
        })
        .collect();
    let imports = ["fmt", "math/rand", "net", "os", "time"].map(|it| format!("\t\"{it}\"\n"));
    place.write(
        "it/acts.go",
        format!(
            "package main\n\nimport (\n{}\n\ttollgate \"tollgate.dev/sdk\"\n)\n\n\
         func act(number string) *tollgate.Report {{\n\tresult := \"\"\n\tswitch number {{\n{cases}\
         \tdefault:\n\t\treturn nil\n\t}}\n\treport := &tollgate.Report{{}}\n\
         \treport.Add(tollgate.Info(\"shouting\", result))\n\treturn report\n}}\n",
            imports.concat(),
        ),
    );
    place.run(&["build", "it"]).exits_with_snapshot(0);
    check_acts(&place, &acts);
}

#[test]
fn c() {
    let acts = [
        returns("return tg_format(\"%d\", rand());"),
        returns("void *one = malloc(1); return tg_format(\"%p\", one);"),
        fails("for (volatile int i = 0;; i++) { }"),
        fails("char *all = malloc(1 << 30); all[0] = 1; return tg_format(\"%p\", (void *)all);"),
        fails("volatile int none = 0; return tg_format(\"%d\", 1 / none);"),
        fails("int some[3] = {0}; volatile int four = 4; return tg_format(\"%d\", some[four]);"),
        fails("abort();"),
    ];
    let cases: String = (0..)
        .zip(&acts)
        .map(|(number, act): (usize, &Act)| format!("    case '{number}': {{ {} }}\n", act.code))
        .collect();
    let act = format!(
        "static tg_text act(char number)\n{{\n    switch (number) {{\n{cases}    }}\n    return tg(\"\");\n}}\n"
    );
    let place = build_contract("c", "src/contract.c", |code| {
        let code =
            code.replace("#include <tollgate.h>", "#include <stdlib.h>\n#include <tollgate.h>");
        let code =
            code.replace("/* Judges one text. */", &format!("{act}\n/* Judges one text. */"));
        let call = "    if (text.length == 1) {\n        tg_text result = act(text.data[0]);\n        \
                     tg_info(report, \"shouting\", \"%.*s\", TG_ARG(result));\n    }\n";
        code.replace("    size_t marks = 0;\n", &format!("{call}    size_t marks = 0;\n"))
    });
    check_acts(&place, &acts);
}

#[test]
fn rejects_c_that_needs_an_operating_system() {
    for (include, call) in [
        ("stdio.h", "printf(\"%d\", 1);"),
        ("time.h", "time(NULL);"),
        ("stdlib.h", "getenv(\"PATH\");"),
        ("unistd.h", "sleep(1);"),
        ("stdlib.h", "exit(0);"),
        ("threads.h", "thrd_create(NULL, NULL, NULL);"),
    ] {
        let place = Place::new();
        place.run(&["new", "it", "--lang", "c"]).exits_with(0);
        let code = fs::read_to_string(place.path("it/src/contract.c")).unwrap();
        let code = code
            .replace("    size_t marks = 0;\n", &format!("    {call}\n    size_t marks = 0;\n"));
        place.write("it/src/contract.c", format!("#include <{include}>\n{code}"));
        place.run(&["build", "it"]).exits_with_snapshot(2);
    }
}

#[test]
fn python() {
    let acts = [
        returns("print('nobody reads this'); return 'printed'"),
        returns("return str([hash('a'), list({'a', 'b', 'c', 'd'}), random.random()])"),
        fails("open('/etc/passwd')"),
        fails("time.time()"),
        fails("time.sleep(1)"),
        fails("os.urandom(4)"),
        fails("threading.Thread(target=print).start()"),
        fails("import sqlite3"),
        fails("sys.exit(0)"),
        fails("raise ValueError('ä!')"),
        fails("return 1 / 0"),
        fails("again = lambda: again() + 1; again()"),
        fails("while True: pass"),
        fails("return 'x' * (1 << 30)"),
        fails("breakpoint()"),
    ];
    let place = build_contract("python", "src/contract.py", |code| {
        let cases: String = (0..)
            .zip(&acts)
            .map(|(number, act): (usize, &Act)| {
                format!("def act_{number}() -> str:\n    {}\n\n\n", act.code)
            })
            .collect();
        let call = "    text = subject.text()\n    if text.isdigit():\n        result = globals()[f'act_{text}']()\n        \
                     return Report.of([Finding.info('shouting', result)])\n";
        let code = code.replace("    text = subject.text()\n", call);
        let code = code.replace("@contract\n", &format!("{cases}@contract\n"));
        format!("import os, random, sys, threading, time\n{code}")
    });
    check_acts(&place, &acts);
}

/// Declares the capability `log` in the contract `it`.
pub fn declare_log(place: &Place) {
    let about = fs::read_to_string(place.path("it/contract.toml")).unwrap();
    place.write("it/contract.toml", format!("{about}\n[capabilities]\nlog = \"to look inside\"\n"));
}

/// Asserts that a judgement of `it` has these lines in its log, and that its subject passes.
pub fn assert_logged(place: &Place, lines: &[&str]) {
    let judge = ["judge", "it", "--grant", "log", "--json", "--config", CONFIG, "-"];
    let judged = place.run_with(&judge, b"calm").exits_with(0).json();
    let logged = judged["log"]["lines"].as_array().unwrap();
    let logged: Vec<_> = logged.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(logged, lines, "{judged:#}");
}

#[test]
fn python_prints_into_the_log_and_names_undeclared_rules() {
    let place = Place::new();
    place.run(&["new", "it", "--lang", "python"]).exits_with(0);
    let code = fs::read_to_string(place.path("it/src/contract.py")).unwrap();
    let first = "    text = subject.text()\n";
    let more = "    print('seen:', text)\n    print('no end', end='')\n    if text == 'other':\n        \
                return Report.of([Finding.info('tyop', 'a'), Finding.info('others', 'b')])\n";
    let code = code.replace(first, &format!("{first}{more}"));
    place.write("it/src/contract.py", format!("print('while it is imported')\n{code}"));
    declare_log(&place);
    let built = place.run(&["build", "it"]);
    let err = &built.exits_with(0).err;
    assert!(err.contains("`tyop` at `src/contract.py:") && err.contains("`others` at"), "{err}");
    assert!(!err.contains("prints"), "{err}");
    assert_logged(&place, &["seen: calm", "no end"]);
    place.write(
        "it/cases/other.json",
        r#"{"subject": {"text": "other"}, "config": {"max": 1}, "expect": {}}"#,
    );
    let tested = place.run(&["test", "it", "--filter", "other"]);
    let out = &tested.exits_with(1).out;
    assert!(out.contains("it reports the rules `tyop`, `others`, which its manifest"), "{out}");
    assert!(out.contains("log: seen: other"), "{out}");
}

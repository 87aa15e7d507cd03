//! What a sandbox does not have, and what its limits are, as each language says it.

use std::fs;

use crate::tool::{Place, Ran};

const CONFIG: &str = r#"{"max": 1}"#;

/// One thing that a contract does, and how a judgement that does it ends.
struct Act {
    code: &'static str,
    exit: i32,
}

/// The contract says this, and passes.
fn says(code: &'static str) -> Act {
    Act { code, exit: 0 }
}

/// There is no report, and this is why.
fn fails(code: &'static str) -> Act {
    Act { code, exit: 2 }
}

/// Builds what `tollgate new` makes, changed so that a text is the number of an act.
fn contract(language: &str, source: &str, change: impl FnOnce(String) -> String) -> Place {
    let place = Place::new();
    place.run(&["new", "it", "--lang", language]).exits_with(0);
    let source = format!("it/{source}");
    let code = fs::read_to_string(place.path(&source)).unwrap();
    place.write(&source, change(code));
    place.run(&["build", "it"]).exits_with(0);
    place
}

fn judged(place: &Place, act: usize) -> Ran {
    let judge = ["judge", "it", "--json", "--config", CONFIG, "-"];
    place.run_with(&judge, act.to_string().as_bytes())
}

/// Each act ends as it should, and in another process it says the same.
fn check(place: &Place, acts: &[Act]) {
    for (number, act) in acts.iter().enumerate() {
        let ran = judged(place, number);
        ran.exits_with_snapshot(act.exit);
        if act.exit == 0 {
            assert_eq!(judged(place, number).json()["findings"], ran.json()["findings"]);
        }
    }
}

#[test]
fn go() {
    let acts = [
        says(r#"fmt.Println("nobody reads this"); return "printed""#),
        says(r#"return time.Now().UTC().Format("it is 2006")"#),
        says("time.Sleep(1000 * time.Hour); return \"slept\""),
        says("return fmt.Sprint(rand.Int63())"),
        says(
            "all := \"\"; for it := range map[int]int{1: 1, 2: 2, 3: 3} { all += fmt.Sprint(it) }; return all",
        ),
        says(r#"_, err := os.ReadFile("/etc/passwd"); return err.Error()"#),
        says(r#"return "[" + os.Getenv("PATH") + "]""#),
        says(r#"_, err := net.Dial("tcp", "127.0.0.1:80"); return err.Error()"#),
        says("done := make(chan string); go func() { done <- \"together\" }(); return <-done"),
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
    let asked = "\tif said := act(text); said != nil {\n\t\treturn said, nil\n\t}\n";
    place.write("it/contract.go", code.replace(first, &format!("{asked}{first}")));
    let cases: String = (0..)
        .zip(&acts)
        .map(|(number, act): (usize, &Act)| {
            format!("\tcase \"{number}\":\n\t\tsaid = func() string {{ {} }}()\n", act.code)
        })
        .collect();
    let imports = ["fmt", "math/rand", "net", "os", "time"].map(|it| format!("\t\"{it}\"\n"));
    place.write(
        "it/acts.go",
        format!(
            "package main\n\nimport (\n{}\n\ttollgate \"tollgate.dev/sdk\"\n)\n\n\
         func act(number string) *tollgate.Report {{\n\tsaid := \"\"\n\tswitch number {{\n{cases}\
         \tdefault:\n\t\treturn nil\n\t}}\n\treport := &tollgate.Report{{}}\n\
         \treport.Add(tollgate.Info(\"shouting\", said))\n\treturn report\n}}\n",
            imports.concat(),
        ),
    );
    place.run(&["build", "it"]).exits_with_snapshot(0);
    check(&place, &acts);
}

#[test]
fn c() {
    let acts = [
        says("return tg_format(\"%d\", rand());"),
        says("void *one = malloc(1); return tg_format(\"%p\", one);"),
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
    let place = contract("c", "src/contract.c", |code| {
        let code =
            code.replace("#include <tollgate.h>", "#include <stdlib.h>\n#include <tollgate.h>");
        let code =
            code.replace("/* Judges one text. */", &format!("{act}\n/* Judges one text. */"));
        let asked = "    if (text.length == 1) {\n        tg_text said = act(text.data[0]);\n        \
                     tg_info(report, \"shouting\", \"%.*s\", TG_ARG(said));\n    }\n";
        code.replace("    size_t marks = 0;\n", &format!("{asked}    size_t marks = 0;\n"))
    });
    check(&place, &acts);
}

/// What would need an operating system does not become a component, and is named.
#[test]
fn c_that_asks_a_system() {
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
        says("print('nobody reads this'); return 'printed'"),
        says("return str([hash('a'), list({'a', 'b', 'c', 'd'}), random.random()])"),
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
    ];
    let place = contract("python", "src/contract.py", |code| {
        let cases: String = (0..)
            .zip(&acts)
            .map(|(number, act): (usize, &Act)| {
                format!("def act_{number}() -> str:\n    {}\n\n\n", act.code)
            })
            .collect();
        let asked = "    text = subject.text()\n    if text.isdigit():\n        said = globals()[f'act_{text}']()\n        \
                     return Report.of([Finding.info('shouting', said)])\n";
        let code = code.replace("    text = subject.text()\n", asked);
        let code = code.replace("@contract\n", &format!("{cases}@contract\n"));
        format!("import os, random, sys, threading, time\n{code}")
    });
    check(&place, &acts);
}

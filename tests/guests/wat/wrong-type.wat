;; Exports a `judge` that takes a text and gives a text.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include realloc
    ;; include configure
    (func (export "judge") (param i32 i32) (result i32) (i32.const 1024)))
  (core instance $guest (instantiate $core))
  (func $configure (param "config" string) (result (result (error $refusal)))
    (canon lift (core func $guest "configure")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (func $judge (param "subject" string) (result string)
    (canon lift (core func $guest "judge")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (instance $interface (export "configure" (func $configure)) (export "judge" (func $judge)))
  (export "tollgate:contract/judge@0.1.0" (instance $interface))
)

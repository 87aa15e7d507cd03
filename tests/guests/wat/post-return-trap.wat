;; Passes, and then traps in `post-return`.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
    (func (export "post-return") (param i32) (unreachable))
  )
  (core instance $guest (instantiate $core))
  (func $configure (param "config" string) (result (result (error $refusal)))
    (canon lift (core func $guest "configure")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (func $judge (param "subject" $subject) (result (result $report (error $refusal)))
    (canon lift (core func $guest "judge")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))
      (post-return (core func $guest "post-return"))))
  (instance $interface (export "configure" (func $configure)) (export "judge" (func $judge)))
  (export "tollgate:contract/judge@0.1.0" (instance $interface))
)

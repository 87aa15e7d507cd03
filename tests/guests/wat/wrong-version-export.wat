;; Exports the interface of a WIT version that does not exist yet.
(component
  ;; include types
  ;; include plain
  (func $configure (param "config" string) (result (result (error $refusal)))
    (canon lift (core func $guest "configure")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (func $judge (param "subject" $subject) (result (result $report (error $refusal)))
    (canon lift (core func $guest "judge")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (instance $interface (export "configure" (func $configure)) (export "judge" (func $judge)))
  (export "tollgate:contract/judge@9.0.0" (instance $interface))
)

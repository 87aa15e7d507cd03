;; Exports the interface without the function `judge`.
(component
  ;; include types
  ;; include plain
  (func $configure (param "config" string) (result (result (error $refusal)))
    (canon lift (core func $guest "configure")
      (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (instance $interface (export "configure" (func $configure)))
  (export "tollgate:contract/judge@0.1.0" (instance $interface))
)

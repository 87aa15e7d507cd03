;; Its findings lie at an address that no finding can have.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include finding
    (data (i32.const 1032) "\01\08\00\00")
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

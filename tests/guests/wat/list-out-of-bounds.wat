;; Says that it has 2^26 + 1 findings: their size, multiplied in 32 bits, is that of one.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include finding
    (data (i32.const 1036) "\01\00\00\04")
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Declares a table that begins with 100 million functions.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (table 100000000 funcref)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Has a hundred tables, each of them small enough.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    (table 9000 funcref) (table 9000 funcref) (table 9000 funcref) (table 9000 funcref)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Has a hundred memories, each of them small enough.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
    (memory 16) (memory 16) (memory 16)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

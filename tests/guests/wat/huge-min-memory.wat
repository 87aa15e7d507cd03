;; Declares a memory that begins with 4 GiB.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 65536)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Its outcome is none of the three.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include finding
    (data (i32.const 1028) "\03")
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; The severity of its finding is none of the four.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include finding
    (data (i32.const 2056) "\04")
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Its result is neither `ok` nor an error.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include finding
    (data (i32.const 1024) "\02")
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

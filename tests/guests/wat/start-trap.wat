;; Traps while it is instantiated.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (func $begin (unreachable))
    (start $begin)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

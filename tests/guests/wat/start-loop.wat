;; Loops for ever while it is instantiated, before any function is called.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (func $begin (loop $again (br $again)))
    (start $begin)
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

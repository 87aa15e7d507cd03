;; Has a start function of the component, a feature that is not finished anywhere.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (func (export "begin"))
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
  (func $begin (canon lift (core func $guest "begin")))
  (start $begin)
)

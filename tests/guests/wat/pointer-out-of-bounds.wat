;; Its report lies beyond the memory.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include realloc
    ;; include configure
    (func (export "judge") (type $judge) (i32.const 0xfffffff0))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

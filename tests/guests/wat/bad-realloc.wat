;; Returns an address beyond its memory for the host to write the subject to.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include configured
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (global.get $configured) (then (return (i32.const 0xfffffff0))))
      (i32.const 65536))
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

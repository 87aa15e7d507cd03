;; Loops while it allocates memory for the subject.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include configured
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (global.get $configured) (then (loop $again (br $again))))
      (i32.const 65536))
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Calls itself for ever and keeps nothing in linear memory, so that the native stack overflows.
;; In a Rust guest, the shadow stack might overflow first.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include realloc
    ;; include configure
    (func $descend (param $depth i32) (result i32)
      (i32.add (call $descend (i32.add (local.get $depth) (i32.const 1))) (i32.const 1)))
    (func (export "judge") (type $judge) (call $descend (i32.const 0)))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

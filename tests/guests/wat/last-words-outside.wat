;; Traps, with an address of last words beyond its memory.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (global (export "tollgate-last-words") i32 (i32.const 0xfffffff0))
    ;; include signature
    ;; include realloc
    ;; include configure
    (func (export "judge") (type $judge) (unreachable))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

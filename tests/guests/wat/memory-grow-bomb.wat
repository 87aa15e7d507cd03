;; Grows its memory, and tries again for ever when that fails.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include realloc
    ;; include configure
    (func (export "judge") (type $judge)
      (loop $more (drop (memory.grow (i32.const 16))) (br $more))
      (unreachable))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Fills 16 MiB again and again. One instruction is milliseconds of work, so it must cost more
;; fuel than other instructions.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 256)
    ;; include signature
    ;; include realloc
    ;; include configure
    (func (export "judge") (type $judge)
      (loop $more
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000)) (br $more))
      (unreachable))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

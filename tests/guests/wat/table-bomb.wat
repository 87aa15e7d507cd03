;; Grows a table of functions until it may not any more, and then traps. No Rust program
;; can: the memory of a host is spent here without any linear memory.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include signature
    ;; include realloc
    ;; include configure
    (table $table 1 funcref)
    (func (export "judge") (type $judge)
      (loop $more
        (br_if $more (i32.ne
          (table.grow $table (ref.null func) (i32.const 10000)) (i32.const -1))))
      (unreachable))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Grows a table of functions up to the limit, and then traps. It uses the host's memory without
;; any linear memory, which no Rust program can do.
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

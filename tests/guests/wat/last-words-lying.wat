;; Traps, and leaves last words that claim to be 4 GiB long, are not UTF-8 and contain the
;; escape sequence that clears a terminal.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    (global (export "tollgate-last-words") i32 (i32.const 4096))
    (data (i32.const 4096) "\ff\ff\ff\ff" "\c3\28\1b[2J\00gone")
    ;; include signature
    ;; include realloc
    ;; include configure
    (func (export "judge") (type $judge) (unreachable))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

;; Traps, and leaves last words that are said to be 4 GiB long, are no UTF-8 and clear
;; the screen of whoever prints them.
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

;; Passes with one finding, of the rule `mischief`: the valid form of the results that other
;; guests break.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 16)
    ;; include finding
    ;; include signature
    ;; include realloc
    ;; include configure
    ;; include judge
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

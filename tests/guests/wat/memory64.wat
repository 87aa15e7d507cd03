;; Has a memory of 64-bit addresses.
(component
  ;; include types
  (core module $wide (memory i64 1))
  (core instance (instantiate $wide))
  ;; include plain
  ;; include lift
)

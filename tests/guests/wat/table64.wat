;; Has a table of 64-bit indices.
(component
  ;; include types
  (core module $wide (table i64 1 funcref))
  (core instance (instantiate $wide))
  ;; include plain
  ;; include lift
)

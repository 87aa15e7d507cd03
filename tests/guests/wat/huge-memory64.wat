;; Has a memory of 64-bit addresses that begins with 16 TiB.
(component
  ;; include types
  (core module $wide (memory i64 0x10000000))
  (core instance (instantiate $wide))
  ;; include plain
  ;; include lift
)

;; Passes everything. The base of all others.
(component
  ;; include types
  ;; include plain
  ;; include lift
)

package draw

// style has the colours: those of DOT, and darker ones for viewers who prefer them. Every rule is confined to our class,
// so that a picture can stand in a page.
const style = `.sluice-plan text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#1e293b}
.sluice-plan .strong{font-weight:bold}
.sluice-plan .faint{fill:#475569}
.sluice-plan .paper{fill:#ffffff}
.sluice-plan g>rect{stroke-width:1.3}
.sluice-plan .go>rect{fill:#dbeafe;stroke:#2563eb}
.sluice-plan .gst>rect{fill:#ffdfb8;stroke:#ea6c14}
.sluice-plan .bridge>rect{fill:#fee2e2;stroke:#dc2626}
.sluice-plan .bridge>text{fill:#b91c1c}
.sluice-plan .added>rect{fill:#f1f5f9;stroke:#cbd5e1}
.sluice-plan .added>text{fill:#64748b}
.sluice-plan .pipeline>rect{fill:#fffaf3;stroke:#fdba74}
.sluice-plan .branch>rect{fill:#fff0dd;stroke:#fdba74}
.sluice-plan path{fill:none;stroke-width:1.4}
.sluice-plan .link>path{stroke:#94a3b8}
.sluice-plan .link>polygon{fill:#94a3b8}
.sluice-plan .link>text{fill:#64748b}
.sluice-plan .flow>path{stroke:#2563eb}
.sluice-plan .flow>polygon{fill:#2563eb}
.sluice-plan .crossing>path{stroke:#dc2626;stroke-width:1.8}
.sluice-plan .crossing>polygon{fill:#dc2626}
.sluice-plan .crossing>text{fill:#b91c1c}
.sluice-plan .lazy>rect,.sluice-plan .lazy>path{stroke-dasharray:6 4}
.sluice-plan g>.label{fill:#ffffff;stroke-width:1;stroke-dasharray:none}
.sluice-plan .link>.label{stroke:#94a3b8}
.sluice-plan .flow>.label{stroke:#2563eb}
.sluice-plan .crossing>.label{stroke:#dc2626}
.sluice-plan .optional>path{stroke-dasharray:1.5 3.5}
@media (prefers-color-scheme:dark){
.sluice-plan text{fill:#e2e8f0}
.sluice-plan .faint{fill:#cbd5e1}
.sluice-plan .paper{fill:#0f172a}
.sluice-plan .go>rect{fill:#1e3a8a;stroke:#60a5fa}
.sluice-plan .gst>rect{fill:#5f2a12;stroke:#fb923c}
.sluice-plan .bridge>rect{fill:#450a0a;stroke:#f87171}
.sluice-plan .bridge>text,.sluice-plan .crossing>text{fill:#fca5a5}
.sluice-plan .added>rect{fill:#1e293b;stroke:#475569}
.sluice-plan .added>text,.sluice-plan .link>text{fill:#94a3b8}
.sluice-plan .pipeline>rect{fill:#1c1917;stroke:#9a3412}
.sluice-plan .branch>rect{fill:#292018;stroke:#9a3412}
.sluice-plan .flow>path{stroke:#60a5fa}
.sluice-plan .flow>polygon{fill:#60a5fa}
.sluice-plan .crossing>path,.sluice-plan .crossing>.label{stroke:#f87171}
.sluice-plan .crossing>polygon{fill:#f87171}
.sluice-plan g>.label{fill:#0f172a}
}
`

// Package live measures the server with live media: `sluice serve` in a process of its own, which a publisher and readers made
// with pion meet over WHIP and WHEP, and doors under load. It has benchmarks and nothing else.
package live

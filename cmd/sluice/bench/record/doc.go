// Package record measures what recording costs that codes nothing: streams of 4 Mbit/s through the hub into files, and beside them
// the least that can write the same bytes. It has benchmarks and nothing else.
package record

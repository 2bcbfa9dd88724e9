// Package benchtest has what several benchmarks of the built program need: the program itself, servers in processes of their own, and
// peers of WebRTC on loopback. It measures nothing, and is no part of the program.
package benchtest

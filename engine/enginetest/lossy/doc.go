// Package lossy is a bad network for tests: a UDP proxy on loopback that loses, delays and reorders datagrams in both
// directions, as its conditions say and from a seed, so that two runs lose the same ones of the same traffic. It does not
// limit bandwidth and does not look into what it carries. Only tests import it.
package lossy

// Package media holds the words of the trade: kinds, codecs, tracks, packets, units, what a stream offers and what a
// reader wants, and the mapping of everybody's clocks to one timeline. It opens no socket, keeps no queue and decodes
// nothing; subpackages look into the payload of one codec each.
package media

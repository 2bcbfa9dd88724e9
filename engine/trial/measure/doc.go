// Package measure tells what is heard in sound and seen in pictures, both raw: pitches and levels, colours at places, how
// alike two pictures are. It decodes nothing, knows nothing of graphs and keeps no more than a window of sound.
package measure

// Package asrc brings GStreamer an element that it has none of: sluiceasrc, an asynchronous sample rate converter, which
// makes a sound last as long as its times say. A source whose clock is 500 ppm slow gives 500 samples in a million too
// few for them, and its times, which follow its clock's true speed, come apart from its samples by 1.8 s in an hour. A mixer
// counts samples, so such a source would come too early or too late, until the mixer drops some of it or leaves a hole. The
// element changes the speed instead, by 1 % at the most, which nobody hears. A sound that keeps its times passes as it is. The
// element neither changes the nominal rate nor the number of channels, and it fills no holes: behind one, time goes on where
// the source says.
package asrc

// Package dtmf finds the keys of telephones in sound: two tones at once, one of four low frequencies and one of four high ones (ITU-T
// Q.23). It looks at nothing else and keeps no sound.
package dtmf

import "math"

const (
	rate = 8000 // Hz
	// block is what is looked at at a time: 12.75 ms, in which the tones of a row are told apart by more than the width of a filter.
	block = 102
	// confirm is how many blocks in a row must have a key until it counts, and release how many without one until it may come again:
	// ITU-T Q.24 wants 40 ms taken, 20 ms not, and gaps of 40 ms seen.
	confirm, release = 2, 2
	// quietest is the least power of a tone, of a full-scale sine: -35 dB.
	quietest = 0.0003
	// share is how much of all power both tones have together at least. Speech has less.
	share = 0.7
	// Twists are how much stronger one tone may be than the other: 6 dB for the high one, 9 dB for the low one, with some to spare.
	twist, reverse = 6.3, 10.0
	// apart is how much stronger a tone is than the others of its row.
	apart = 4.0
)

const keys = "123A456B789C*0#D"

func frequencies() (low, high [4]float64) {
	return [4]float64{697, 770, 852, 941}, [4]float64{1209, 1336, 1477, 1633}
}

// Detector finds keys in one stream of G.711. The zero Detector is not ready. Not for several goroutines at once.
type Detector struct {
	table  [256]float32
	factor [8]float64
	state  [8][2]float64
	power  float64
	n      int

	last  byte // key of the last blocks; 0 if none
	same  int  // how many
	held  byte // key that was told of and is not released
	empty int
}

// New makes a detector for µ-law, or for A-law.
func New(alaw bool) *Detector {
	d := &Detector{}
	low, high := frequencies()
	for i := range 4 {
		d.factor[i] = 2 * math.Cos(2*math.Pi*low[i]/rate)
		d.factor[4+i] = 2 * math.Cos(2*math.Pi*high[i]/rate)
	}
	for i := range d.table {
		if alaw {
			d.table[i] = fromA(byte(i))
		} else {
			d.table[i] = fromU(byte(i))
		}
	}
	return d
}

// Listen takes the next sound and gives the keys that were found, each once, when it has lasted for long enough.
func (d *Detector) Listen(samples []byte) (found []byte) {
	for _, b := range samples {
		x := float64(d.table[b])
		d.power += x * x
		for i := range d.state {
			s := &d.state[i]
			s[0], s[1] = x+d.factor[i]*s[0]-s[1], s[0]
		}
		if d.n++; d.n == block {
			if key := d.step(d.key()); key != 0 {
				found = append(found, key)
			}
		}
	}
	return found
}

// key is the key that a block has; 0 if none. It begins the next block.
func (d *Detector) key() byte {
	var energy [8]float64
	for i, s := range d.state {
		// Goertzel's: the power of a sine with amplitude a is (a*block/2)².
		energy[i] = (s[0]*s[0] + s[1]*s[1] - d.factor[i]*s[0]*s[1]) * 4 / (block * block)
	}
	total := d.power * 2 / block
	d.state, d.power, d.n = [8][2]float64{}, 0, 0
	low, high := strongest(energy[:4]), strongest(energy[4:])
	if low < 0 || high < 0 {
		return 0
	}
	l, h := energy[low], energy[4+high]
	if l < quietest || h < quietest || h > l*twist || l > h*reverse || l+h < share*total {
		return 0
	}
	return keys[4*low+high]
}

// strongest is the one of a row that is clearly above the others; -1 if there is none.
func strongest(row []float64) int {
	best := 0
	for i, e := range row {
		if e > row[best] {
			best = i
		}
	}
	for i, e := range row {
		if i != best && e*apart > row[best] {
			return -1
		}
	}
	return best
}

// step takes the key of a block and gives one that counts from now on; 0 if none.
func (d *Detector) step(key byte) byte {
	if key == d.last {
		d.same++
	} else {
		d.last, d.same = key, 1
	}
	if key == d.held && key != 0 {
		d.empty = 0
		return 0
	}
	if d.held != 0 {
		if d.empty++; d.empty < release {
			return 0
		}
		d.held, d.empty = 0, 0
	}
	if key != 0 && d.same >= confirm {
		d.held = key
		return key
	}
	return 0
}

// fromU is the sample of µ-law (ITU-T G.711), full scale being 1.
func fromU(b byte) float32 {
	b = ^b
	t := (int(b&0xf)<<3 + 0x84) << (b >> 4 & 7)
	if b&0x80 != 0 {
		return float32(0x84-t) / 32768
	}
	return float32(t-0x84) / 32768
}

// fromA is that of A-law.
func fromA(b byte) float32 {
	b ^= 0x55
	t := int(b&0xf)<<4 + 8
	if exponent := b >> 4 & 7; exponent > 0 {
		t = (t + 0x100) << (exponent - 1)
	}
	if b&0x80 == 0 {
		t = -t
	}
	return float32(t) / 32768
}

package measure

import (
	"image"
	"image/color"
	"math"

	"sluice/engine/caps"
	"sluice/engine/fault"
)

// Pictures is a raw format of pictures: what caps say of it.
type Pictures struct {
	Width, Height int
	layout        layout
	tint          colorimetry
}

// NewPictures reads caps. A format that cannot be measured, or none of pictures, is fault.InvalidParams.
func NewPictures(c caps.Caps) (Pictures, error) {
	p := Pictures{Width: number(c, "width"), Height: number(c, "height")}
	if !isType(c, "video/x-raw") || p.Width < 1 || p.Height < 1 || p.Width > maxSide || p.Height > maxSide {
		return p, unreadable(c)
	}
	var ok bool
	if p.layout, ok = layoutOf(word(c, "format"), p.Width, p.Height); !ok {
		return p, unreadable(c)
	}
	p.tint = colorimetryOf(c, p.Height)
	return p, nil
}

const maxSide = 1 << 15

// Picture is one raw picture. It looks at the bytes it was made of and does not keep them.
type Picture struct {
	Pictures
	data []byte
}

// Read makes a picture of a buffer. One of another length is fault.MediaCorrupt: its rows lie in some other way.
func (p Pictures) Read(data []byte) (Picture, error) {
	if len(data) < p.layout.bytes {
		return Picture{}, fault.New(fault.MediaCorrupt, "", "a picture of %dx%d has %d bytes, not %d",
			p.Width, p.Height, len(data), p.layout.bytes)
	}
	return Picture{p, data}, nil
}

// at is one component of one pixel, in the picture.
func (p Picture) at(part, x, y int) float64 {
	c := p.layout.parts[part]
	return float64(p.data[c.offset+y>>c.down*c.stride+x>>c.right*c.step])
}

// At is the colour of a pixel, which lies in the picture, with each component from 0 to 255.
func (p Picture) At(x, y int) (r, g, b float64) {
	first, second, third := p.at(0, x, y), p.at(1, x, y), p.at(2, x, y)
	if p.layout.rgb {
		return first, second, third
	}
	luma, u, v := first, second-128, third-128
	if p.layout.grey {
		u, v = 0, 0
	}
	if !p.tint.full {
		luma, u, v = (luma-16)*255/219, u*255/224, v*255/224
	}
	kr, kb := p.tint.kr, p.tint.kb
	kg := 1 - kr - kb
	r = luma + 2*(1-kr)*v
	b = luma + 2*(1-kb)*u
	g = luma - 2*kr*(1-kr)/kg*v - 2*kb*(1-kb)/kg*u
	return clamp(r), clamp(g), clamp(b)
}

func clamp(v float64) float64 { return min(max(v, 0), 255) }

// grid is how many pixels a side of a part of a picture is looked at, at most: enough for an average.
const grid = 48

// Average is the colour of a part of the picture, as far as it lies in it; ok is false if nothing of it does.
func (p Picture) Average(part image.Rectangle) (c color.RGBA, ok bool) {
	part = part.Intersect(image.Rect(0, 0, p.Width, p.Height))
	if part.Empty() {
		return color.RGBA{}, false
	}
	across, down := max(1, part.Dx()/grid), max(1, part.Dy()/grid)
	var sum [3]float64
	n := 0.0
	for y := part.Min.Y; y < part.Max.Y; y += down {
		for x := part.Min.X; x < part.Max.X; x += across {
			r, g, b := p.At(x, y)
			sum[0], sum[1], sum[2], n = sum[0]+r, sum[1]+g, sum[2]+b, n+1
		}
	}
	return color.RGBA{R: whole(sum[0] / n), G: whole(sum[1] / n), B: whole(sum[2] / n), A: 255}, true
}

func whole(v float64) uint8 { return uint8(math.Round(clamp(v))) }

// Distance is how far two colours are apart: the largest difference of red, green and blue, of 255.
func Distance(a, b color.RGBA) int {
	return max(gap(a.R, b.R), gap(a.G, b.G), gap(a.B, b.B))
}

func gap(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

// Package choice says which GStreamer elements may be used here, by licence and by what the operator allows, and which of several
// that do the same is: a device's encoder if there is one and a trial of it passed, else one that needs none. It is tables and pure
// functions; the trials are made by others.
package choice

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sluice/elements/codec"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Settings are what the operator decides. The zero Settings allow everything but devices.
type Settings struct {
	Prefer  []string // elements that go before others that do the same, best first
	Never   []string // elements that are not used
	Devices bool     // encoders on devices may be used
	Free    bool     // nothing under the GPL is used
}

// Choice picks elements. It is immutable: an element.Chooser.
type Choice struct {
	cat    catalog.Catalog
	set    Settings
	trials map[string]error // of devices' encoders, nil if they passed
}

// New makes a choice from what there is. trials holds what came of trying devices' encoders, by name: nil if one passed. One that
// was not tried is not used.
func New(cat catalog.Catalog, s Settings, trials map[string]error) *Choice {
	return &Choice{cat, s, trials}
}

// Candidates lists the devices' encoders that there are and that may be used, which should be tried.
func Candidates(cat catalog.Catalog, s Settings) []string {
	c := New(cat, s, nil)
	var out []string
	for _, of := range media.Codecs() {
		for _, name := range codec.Makers(of.Codec) {
			if codec.Device(name) && s.Devices && c.Refuse(name) == nil && c.there(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Choose implements element.Chooser. Where nothing speaks against any of them but that it is not here, it is the first that needs no
// device: whoever runs the plan then says what is missing.
func (c *Choice) Choose(among []string) (string, error) {
	var why []error
	absent, refused := "", false
	for _, name := range c.order(among) {
		err := c.against(name)
		if err == nil {
			return name, nil
		}
		why = append(why, err)
		switch {
		case codec.Device(name):
		case !errors.Is(err, errAbsent):
			refused = true
		case absent == "":
			absent = name
		}
	}
	if absent != "" && !refused {
		return absent, nil
	}
	return "", errors.New(joined(why))
}

// Lean tells whether anything is ruled out.
func (c *Choice) Lean() bool { return c.set.Free || len(c.set.Never) > 0 }

// errAbsent is of elements that are not installed.
var errAbsent = errors.New("is not installed")

// against says what speaks against an element; nil if it can be used.
func (c *Choice) against(name string) error {
	if err := c.Refuse(name); err != nil {
		return errors.New(err.(*fault.Fault).Msg) //nolint:errorlint,forcetypeassert // it is ours
	}
	if !codec.Device(name) {
		switch here := c.there(name); {
		case here:
			return nil
		case c.set.Free && usuallyGPL(name): // to install it would help nobody
			return fmt.Errorf("%s is not installed, and is under the GPL where distributions have it, which media.licence rules out", name)
		}
		return fmt.Errorf("%s %w", name, errAbsent)
	}
	tried, ok := c.trials[name]
	switch {
	case !c.set.Devices:
		return fmt.Errorf("%s needs a device, which media.hardware rules out", name)
	case !c.there(name):
		return fmt.Errorf("%s has no device here", name)
	case !ok:
		return fmt.Errorf("%s was not tried", name)
	case tried != nil:
		return fmt.Errorf("%s failed its trial: %w", name, tried)
	}
	return nil
}

// there tells whether GStreamer has the element. sluice's own are there.
func (c *Choice) there(name string) bool {
	if strings.HasPrefix(name, "sluice") {
		return true
	}
	_, ok := c.cat.Factory(name)
	return ok
}

// order puts those that are preferred first.
func (c *Choice) order(among []string) []string {
	out := make([]string, 0, len(among))
	for _, name := range c.set.Prefer {
		if slices.Contains(among, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range among {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Refuse implements element.Chooser.
func (c *Choice) Refuse(factory string) error {
	if slices.Contains(c.set.Never, factory) {
		return fault.New(fault.ElementUnavailable, factory, "%s is not to be used, media.never says", factory).
			Advise("take another element, or take it out of media.never")
	}
	if !c.set.Free || factory != codec.G729Encoder && !gpl(catalog.Licence(c.cat, factory)) { // libbcg729 is under the GPL, too
		return nil
	}
	return fault.New(fault.ElementUnavailable, factory, "%s is under the GPL, which media.licence rules out", factory).
		Advise("%s", remedy(factory))
}

// gpl tells whether a licence is the GPL, in GStreamer's words. Not the LGPL, and not the QPL.
func gpl(licence string) bool { return strings.HasPrefix(licence, "GPL") }

// usuallyGPL tells of an element that is not here, so that nobody can ask what its licence is, whether that is the GPL: of libav, which
// distributions build with the parts that are, and of the plugins in gstreamer1.0-plugins-ugly and -bad that need such libraries.
func usuallyGPL(name string) bool {
	return strings.HasPrefix(name, "avdec_") || strings.HasPrefix(name, "avenc_") ||
		slices.Contains([]string{"x264enc", "x265enc", "faad", "a52dec", "mpeg2dec", "mpeg2enc"}, name)
}

// Shunned lists all elements under the GPL that there are, if those are not to be used, and those that are never to be, so that
// decodebin does not take them by itself.
func (c *Choice) Shunned() []string {
	if !c.set.Free {
		return slices.Clone(c.set.Never)
	}
	var out []string
	for _, name := range c.cat.Names() {
		if c.Refuse(name) != nil {
			out = append(out, name)
		}
	}
	return out
}

// remedy names what does the same work.
func remedy(factory string) string {
	for _, of := range media.Codecs() {
		if factory != codec.G729Encoder && slices.Contains(codec.Makers(of.Codec), factory) {
			return fmt.Sprintf("write \"convert codec=%s\", which takes what may be used", of.Codec)
		}
	}
	if factory == codec.G729Encoder {
		return "take another codec, or set media.licence to any"
	}
	if strings.HasPrefix(factory, "avdec_") || strings.HasSuffix(factory, "dec") || factory == "faad" {
		return `write "decode", which takes what may be used`
	}
	return "take another element, or set media.licence to any"
}

func joined(list []error) string {
	words := make([]string, 0, len(list))
	for _, err := range list {
		words = append(words, err.Error())
	}
	return strings.Join(words, "; ")
}

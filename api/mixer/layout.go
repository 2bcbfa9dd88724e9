package mixer

import (
	"errors"
	"strings"

	"sluice/elements/mix/layout"
	"sluice/engine/fault"
)

// Names of layouts of ours that WCS's behaviour refers to.
const (
	grid         = "grid"
	presentation = "presentation"
)

// desktop is the word by which WCS knows the stream of a screen (mixer_video_layout_desktop_key_word).
const desktop = "desktop"

// cropped is WCS's CropNoPaddingGridLayout: pictures fill their places, and their edges are cut off.
const cropped = "{regions: [{arrange: grid, fill: crop}]}"

// classes are the layouts that come with WCS, by their classes. The package before a name is not looked at: it changed between versions.
func classes() map[string]string {
	return map[string]string{
		"GridLayout": grid, "CenterNoPaddingGridLayout": grid, "CropNoPaddingGridLayout": cropped,
		"DesktopLayout": presentation, "PictureInPictureLayout": "pip",
	}
}

// CheckLayout tells what is wrong with a layout, as Settings have it.
func CheckLayout(text string) error {
	_, err := layoutOf(text)
	return err
}

// layoutOf is what video.mix calls a layout: the name of one of ours, the class of one of WCS's, or a description. A class that does not
// come with WCS is somebody's own, in Java, which is not run here.
func layoutOf(text string) (string, error) {
	if text == "" {
		return grid, nil
	}
	name := text[strings.LastIndexByte(text, '.')+1:]
	if ours, ok := classes()[name]; ok {
		return ours, nil
	}
	if _, err := layout.Read(text); err != nil {
		f, ok := errors.AsType[*fault.Fault](err)
		if !ok {
			return "", fault.New(fault.InvalidParams, "/mixerLayoutClass", "it cannot be read").Because(err)
		}
		return "", fault.New(fault.InvalidParams, "/mixerLayoutClass", "%s", f.Msg).Advise("%s", f.Hint)
	}
	return text, nil
}

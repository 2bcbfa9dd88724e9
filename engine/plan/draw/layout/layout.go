// Package layout places boxes, the edges between them and the nested frames around them on a plane, so that what flows
// runs from left to right: the layered method of Sugiyama, Tagawa and Toda, with frames that never overlap and edges
// that never run through a box. It is pure geometry in whole pixels: it knows no text, no colours and no plans, draws
// nothing, and gives the same picture for the same input.
package layout

// None is the frame of a box that has none, and the parent of an outermost frame. Any index outside its list counts
// as None, so that no input is refused.
const None = -1

// Size in pixels.
type Size struct{ W, H int }

// Point in pixels, from the top left corner of the picture.
type Point struct{ X, Y int }

// Rect is a rectangle in pixels.
type Rect struct{ X, Y, W, H int }

// Box is something to place. It may be made higher if many edges end at it.
type Box struct {
	Size
	Frame int // index in Graph.Frames, or None
}

// Edge goes from one box to another.
type Edge struct {
	From, To int  // indexes in Graph.Boxes
	Label    Size // room kept for a label; zero for none
	Weight   int  // how much it should be short and straight; 0 counts as 1
}

// Frame is drawn around boxes and other frames.
type Frame struct {
	Parent int  // index in Graph.Frames, or None
	Title  Size // room kept along its upper edge
}

// Graph is what to lay out.
type Graph struct {
	Boxes  []Box
	Edges  []Edge
	Frames []Frame
}

// Route is the way of an edge. From one point to the next it is a straight line if they are equally high; otherwise it
// lies between columns of boxes, where it may curve as it likes within the rectangle of the two points.
type Route struct {
	Points []Point // from the right side of the first box to the left side of the other; none for an edge within a box
	Label  Rect    // in the middle of a straight piece
	Back   bool    // it runs against the flow: from a left side to a right side
}

// Drawing is where everything went, in the order of the graph's lists.
type Drawing struct {
	Size
	Boxes  []Rect
	Edges  []Route
	Frames []Rect // zero for a frame around nothing
}

// Lay places a graph. The time it takes is bounded: large graphs get a plainer picture rather than a late one.
func Lay(g Graph) Drawing {
	arrows, back := orient(g)
	n := refine(g, arrows, layers(len(g.Boxes), arrows))
	n.arrange()
	n.fanOut()
	rows := n.rows()
	columns := n.columns(rows)
	return n.trace(g, rows, columns, back)
}

// The distances, in pixels.
const (
	margin    = 16 // around the picture
	boxGap    = 14 // between boxes above each other
	wireGap   = 10 // between edges that run side by side
	portGap   = 9  // between the ends of edges at a box
	framePad  = 12 // between a frame and what is in it
	frameGap  = 14 // between a frame and what is above or below it
	columnGap = 30 // between columns, for edges to change height
	steepest  = 60 // what a gap grows by at most to keep edges from becoming steep
)

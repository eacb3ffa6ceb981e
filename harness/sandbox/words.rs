//! The invented vocabulary from which plugins, people and texts are made.

pub(crate) const STEMS: &[&str] = &[
    "bramble", "quokka", "pebble", "saffron", "thistle", "lantern", "marmot", "willow", "cobalt", "juniper", "osprey", "tundra", "cinder",
    "meadow", "puffin", "basalt", "clover", "heron", "maple", "nimbus", "onyx", "poplar", "russet", "sorrel", "teasel", "umber", "violet",
    "wombat", "yarrow", "zephyr",
];

/// What a plugin does: the last part of its name, the summary, and the workflow step it belongs to.
pub(crate) const TRADES: &[(&str, &str, &str)] = &[
    ("tracker", "Follows objects through time & draws their tracks", "Object tracking"),
    ("reader", "Reads image stacks of many microscopes, also larger than memory", "Visualisation"),
    ("stitcher", "Stitches overlapping tiles into one picture", "Image registration"),
    ("counter", "Counts round objects and keeps a table of those < 5 µm", "Object measurement"),
    ("annotator", "Marks regions by hand with a few keys", "Annotation"),
    ("denoiser", "Removes noise without a reference image", "Image enhancement"),
    ("segmenter", "Separates touching objects with a distance transform", "Segmentation"),
    ("mapper", "Maps values of a table back onto labels", "Visualisation"),
    ("ruler", "Measures lengths, angles and \"profiles\" along a line", "Object measurement"),
    ("sorter", "Sorts labels by any measured property", "Classification"),
    ("exporter", "Writes layers to files that other programs open", "Conversion"),
    ("deblurrer", "Sharpens slices with a point spread function of its own", "Deconvolution"),
];

pub(crate) const GIVEN: &[&str] = &[
    "Ilvara", "Tomeko", "Noorbel", "Mirelin", "Jasvir", "Odrian", "Péttra", "Quenlo", "Rosvita", "Sønja", "Tarquil", "Ulmira", "Venko",
    "Wilhemo", "Xandrel", "Ysolda", "Zorando", "Agnella", "Bertolo", "Cedrilla",
];

pub(crate) const FAMILY: &[&str] = &[
    "Quillfeather",
    "Marrowby",
    "Oakenshade",
    "Pebblethorpe",
    "Grüntal-Imaginär",
    "Silverlathe",
    "Thornapple",
    "Umberfield",
    "Vexworth",
    "Wrenbottom",
    "Yarnspool",
    "Zinnober",
    "Ashgrovel",
    "Brindlemoor",
    "Cloverdyke",
    "Dapplewick",
];

pub(crate) const LICENSES: &[&str] = &["BSD-3-Clause", "MIT", "Apache-2.0", "GPL-3.0-only", "LGPL-3.0-only"];

/// Of the few plugins that are not open source.
pub(crate) const CLOSED_LICENSE: &str = "LicenseRef-Proprietary";

pub(crate) const STATUSES: &[&str] = &[
    "Development Status :: 2 - Pre-Alpha",
    "Development Status :: 3 - Alpha",
    "Development Status :: 4 - Beta",
    "Development Status :: 5 - Production/Stable",
];

pub(crate) const SYSTEMS: &[&str] = &[
    "Operating System :: OS Independent",
    "Operating System :: MacOS",
    "Operating System :: Microsoft :: Windows",
    "Operating System :: POSIX :: Linux",
];

pub(crate) const READER_EXTENSIONS: &[&str] = &["*.npy", "*.tif", "*.tiff", "*.zarr", "*.czi", "*.lif", "*.nd2", "*.h5"];
pub(crate) const WRITER_EXTENSIONS: &[&str] = &[".npy", ".tif", ".tiff", ".zarr", ".csv", ".png"];
pub(crate) const LAYERS: &[&str] = &["image", "labels", "points", "shapes", "surface", "tracks", "vectors"];
pub(crate) const REQUIREMENTS: &[&str] =
    &["numpy", "napari (>=0.4.12)", "scikit-image", "magicgui (>=0.3.7)", "qtpy", "tifffile", "pytest ; extra == 'testing'", "dask"];

pub(crate) const SENTENCES: &[&str] = &[
    "It was written for a course and has stayed small since.",
    "Open a layer, choose the widget and press *Run*; the result is a new layer.",
    "Large images are worked on tile by tile, so that memory stays flat.",
    "Results are the same on every machine: no random numbers without a seed.",
    "If a button is grey, hold the pointer over it; it says why.",
    "The settings of the last run are kept with the layer's metadata.",
];

pub(crate) const LOGO: &str = "<svg width=\"64\" height=\"64\" viewBox=\"0 0 64 64\" fill=\"none\" xmlns=\"http://www.w3.org/2000/svg\">\
<circle cx=\"32\" cy=\"32\" r=\"24\" stroke=\"white\" stroke-width=\"8\"/><path d=\"M20 32H44\" stroke=\"white\" stroke-width=\"8\"/></svg>";

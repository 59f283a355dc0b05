// Loaders of Neural Compressor's dictionary that do not exist here (SYSTEMS §5.1), each with the reason; data only.

/** Completes "The dataset loader X does not exist here: …". */
export const refusedLoaders: Readonly<Record<string, string>> = {
  TFRecordDataset:
    'it hands raw records to a parser of TensorFlow; ImageRecord, COCORecord and VOCRecord read the usual kinds of TFRecord files',
  bert: "it reads features that TensorFlow's scripts have written; GLUE and SQuAD read the texts themselves",
};

"""The reference quantizer as a whole process: MODEL OUT DATA METHOD.

DATA is a folder of <graph input>.npy files whose first axis counts samples, or a .jsonl file of token ids.
METHOD is minmax, percentile or entropy. Used by the benchmarks alone, when ORACLE_PYTHON names an interpreter that has
onnxruntime and onnx.
"""
import json
import os
import sys
import tempfile

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


def read_samples(data, limit=100):
    if data.endswith(".jsonl"):
        with open(data, encoding="utf-8") as lines:
            for line in list(lines)[:limit]:
                ids = np.array([json.loads(line)["ids"][:64]], dtype=np.int64)
                yield {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return
    names = [name for name in os.listdir(data) if name.endswith(".npy")]
    arrays = {name[:-4]: np.load(os.path.join(data, name)) for name in names}
    for index in range(min(limit, *(len(array) for array in arrays.values()))):
        yield {name: array[index : index + 1] for name, array in arrays.items()}


class Reader(CalibrationDataReader):
    def __init__(self, data):
        self.samples = read_samples(data)

    def get_next(self):
        return next(self.samples, None)


def main():
    model, out, data, method = sys.argv[1:5]
    methods = {
        "minmax": CalibrationMethod.MinMax,
        "percentile": CalibrationMethod.Percentile,
        "entropy": CalibrationMethod.Entropy,
    }
    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.onnx")
        quant_pre_process(model, prepared)
        quantize_static(
            prepared,
            out,
            Reader(data),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            calibrate_method=methods[method],
        )


main()

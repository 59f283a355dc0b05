// Well-known public ONNX models that can be fetched on request: what the Git-LFS pointers of github.com/onnx/models say.
import type { ExampleModel } from './exampleModel';

/** The commit the pointers were read at; `test/fixtures/examples/pointers.json` holds their texts. */
const commit = 'b1eeaa1ac722dcc1cd1a8284bde34393dab61c3d';

/** One model of the repository. */
interface PublicModel {
  /** Name of its file, without `.onnx`. */
  readonly model: string;
  readonly domain: ExampleModel['domain'];
  readonly domainFlavour: ExampleModel['domainFlavour'];
  /** As the README beside it says. */
  readonly licence: string;
  /** Below `validated/`. */
  readonly folder: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly inputs?: NonNullable<ExampleModel['inputs']>;
}

const pictures = { domain: 'Image Recognition', domainFlavour: '' } as const;
const objects = { domain: 'Object Detection', domainFlavour: '' } as const;
const language = { domain: 'Neural Language Processing', domainFlavour: '' } as const;

/** A picture and the size it had before it was fitted into that. */
const yolov3Inputs = {
  input_1: { shape: [3, 416, 416], lowest: 0, highest: 1 },
  image_shape: { shape: [2], lowest: 416, highest: 416 },
} as const;

const publicModels: readonly PublicModel[] = [
  {
    model: 'squeezenet1.0-12',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/squeezenet/model',
    sizeBytes: 4_952_956,
    sha256: 'dec81a8684617770b3cf13fadc1d92565d1d453d23935fc6388b792d99c992bd',
  },
  {
    model: 'squeezenet1.1-7',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/squeezenet/model',
    sizeBytes: 4_956_208,
    sha256: '1eeff551a67ae8d565ca33b572fc4b66e3ef357b0eb2863bb9ff47a918cc4088',
  },
  {
    model: 'mobilenetv2-12',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/mobilenet/model',
    sizeBytes: 13_964_571,
    sha256: 'c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5',
  },
  {
    model: 'shufflenet-v2-12',
    ...pictures,
    licence: 'BSD-3-Clause',
    folder: 'vision/classification/shufflenet/model',
    sizeBytes: 9_218_556,
    sha256: 'ea69821b4dd374ae2f33f9710dd1229ac263d0ee5b5a46ca3521f6483e1ba035',
  },
  {
    model: 'efficientnet-lite4-11',
    ...pictures,
    licence: 'MIT',
    folder: 'vision/classification/efficientnet-lite4/model',
    sizeBytes: 51_946_641,
    sha256: 'd111689907c06eea7c82e4833ddef758da6453b9d4cf60b7e99ca05c7cbd9c12',
  },
  {
    model: 'resnet18-v1-7',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/resnet/model',
    sizeBytes: 46_820_737,
    sha256: '4e8f8653e7a2222b3904cc3fe8e304cd8b339ce1d05fd24688162f86fb6df52c',
  },
  {
    model: 'resnet50-v1-12',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/resnet/model',
    sizeBytes: 102_576_593,
    sha256: '3f03fdef724b22947eed826f1eef1dc5c34151bb4c37d634f1db89dfa2dd1526',
  },
  {
    model: 'resnet101-v2-7',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/resnet/model',
    sizeBytes: 178_682_301,
    sha256: '3a0a819ea0953fb4700b0d98e43540aeee253e5b4c503c552b0c7979fc67767d',
  },
  {
    model: 'densenet-12',
    ...pictures,
    licence: 'MIT',
    folder: 'vision/classification/densenet-121/model',
    sizeBytes: 32_726_877,
    sha256: '0294e7e88e5b3360de9b0fdc321baf9e6ef18b7f058c4536caae3b9f18ed9ed5',
  },
  {
    model: 'googlenet-12',
    ...pictures,
    licence: 'BSD-3-Clause',
    folder: 'vision/classification/inception_and_googlenet/googlenet/model',
    sizeBytes: 28_021_836,
    sha256: 'c99c507058eaf41de8723408fdda7db8325cb57f0a89f2ee07a716d6e963e14e',
  },
  {
    model: 'bvlcalexnet-12',
    ...pictures,
    licence: 'BSD-3-Clause',
    folder: 'vision/classification/alexnet/model',
    sizeBytes: 243_863_787,
    sha256: '6b0da9510f27f234ee96a85dc3809dd210150fdefad87f6850f9788513216945',
  },
  {
    model: 'vgg16-12',
    ...pictures,
    licence: 'Apache-2.0',
    folder: 'vision/classification/vgg/model',
    sizeBytes: 553_437_752,
    sha256: '722c42f53ca03a5480296bf8f9c85a151de3eed9ec982d7d2302ff6e2900c67b',
  },
  {
    model: 'mnist-12',
    ...pictures,
    licence: 'MIT',
    folder: 'vision/classification/mnist/model',
    sizeBytes: 26_143,
    sha256: '5c688690f8bacf667d4c2074af5ad0646ca328d7ab03eccf944a65b320171bdd',
  },
  {
    model: 'emotion-ferplus-8',
    ...pictures,
    licence: 'MIT',
    folder: 'vision/body_analysis/emotion_ferplus/model',
    sizeBytes: 35_040_571,
    sha256: 'a2a2ba6a335a3b29c21acb6272f962bd3d47f84952aaffa03b60986e04efa61c',
  },
  {
    model: 'version-RFB-320',
    ...objects,
    licence: 'MIT',
    folder: 'vision/body_analysis/ultraface/models',
    sizeBytes: 1_270_727,
    sha256: '34cd7e60aeff28744c657de7a3dc64e872d506741de66987f3426f2b79f88017',
  },
  {
    model: 'version-RFB-640',
    ...objects,
    licence: 'MIT',
    folder: 'vision/body_analysis/ultraface/models',
    sizeBytes: 1_588_012,
    sha256: '8f4c659275977e7a3bfbfa339a9c769ad793df50f9c0baa8c14b11baa1646430',
  },
  {
    model: 'ssd_mobilenet_v1_12',
    ...objects,
    domainFlavour: 'SSD',
    licence: 'MIT',
    folder: 'vision/object_detection_segmentation/ssd-mobilenetv1/model',
    sizeBytes: 29_461_455,
    sha256: 'b8fba5e404077d4048d27fcd1667e85e27e192eb9bf51e696c46a3acd7d21058',
    inputs: { inputs: { shape: [300, 300, 3] } },
  },
  {
    model: 'ssd-12',
    ...objects,
    domainFlavour: 'SSD',
    licence: 'Apache-2.0',
    folder: 'vision/object_detection_segmentation/ssd/model',
    sizeBytes: 80_366_315,
    sha256: '5ec1e058e666ef980a6213ac40088877865aafb2b6676b9af204b3828e4bb9d5',
  },
  {
    model: 'tinyyolov2-8',
    ...objects,
    domainFlavour: 'Yolo',
    licence: 'MIT',
    folder: 'vision/object_detection_segmentation/tiny-yolov2/model',
    sizeBytes: 63_480_982,
    sha256: '583fb7fdc948435ceac9fa82efc7708701efe8382a859a3dd46526b155f5f2ae',
  },
  {
    model: 'tiny-yolov3-11',
    ...objects,
    domainFlavour: 'Yolo',
    licence: 'MIT',
    folder: 'vision/object_detection_segmentation/tiny-yolov3/model',
    sizeBytes: 35_511_756,
    sha256: 'f715cc2d99740d22d312777e20d9de2b2ecdc250155be8fd3752ce7e8b823521',
    inputs: yolov3Inputs,
  },
  {
    model: 'yolov3-12',
    ...objects,
    domainFlavour: 'Yolo',
    licence: 'MIT',
    folder: 'vision/object_detection_segmentation/yolov3/model',
    sizeBytes: 247_942_267,
    sha256: 'd97d7d5c1bbab2ec1ea197f0b689eb121231d62985ad223fb8aa833f8ef79836',
    inputs: yolov3Inputs,
  },
  {
    model: 'yolov4',
    ...objects,
    domainFlavour: 'Yolo',
    licence: 'MIT',
    folder: 'vision/object_detection_segmentation/yolov4/model',
    sizeBytes: 257_470_589,
    sha256: '1881fe9c506c970d7866cb4bfc33bda791ce46951a3c39c45ace2ff2b9daf369',
  },
  {
    model: 'bertsquad-12',
    ...language,
    licence: 'Apache-2.0',
    folder: 'text/machine_comprehension/bert-squad/model',
    sizeBytes: 435_852_736,
    sha256: '5f0d96a9e6b8a4a2e59f9636f8bbad09ee8a0c58c8212027cc17c5fcc9659e55',
    inputs: { 'input_ids:0': { shape: [256], highest: 30521 } },
  },
  {
    model: 'roberta-sequence-classification-9',
    ...language,
    licence: 'Apache-2.0',
    folder: 'text/machine_comprehension/roberta/model',
    sizeBytes: 498_658_080,
    sha256: '8b28f588889de84ef45918765b25bd0e74179b9be5d9320dafdddcb2553784cc',
    inputs: { input: { shape: [128], lowest: 3, highest: 50264 } },
  },
  {
    model: 'gpt2-10',
    ...language,
    licence: 'Apache-2.0',
    folder: 'text/machine_comprehension/gpt-2/model',
    sizeBytes: 548_227_537,
    sha256: 'a4b41071a9fd8fd5591d74d6c7e3a850feaf161f7289148a3b845c84f75c55e0',
    inputs: { input1: { shape: [1, 64], highest: 50256 } },
  },
  {
    model: 't5-encoder-12',
    ...language,
    licence: 'Apache-2.0',
    folder: 'text/machine_comprehension/t5/model',
    sizeBytes: 438_549_611,
    sha256: '4523122d7cf0f50905694d84995633c8a0cc223da762d3eb2aaffa17251a6f60',
    inputs: { input_ids: { shape: [64], lowest: 2, highest: 31999 } },
  },
];

/**
 * The models as examples. The models have moved to huggingface.co/onnxmodelzoo (README of the repository), each into a
 * place of its own that bears its name; where one is not found, the repository's own store is asked. Whichever answers,
 * size and SHA-256 are those of the pointers.
 */
export const downloadedExamples: readonly ExampleModel[] = publicModels.map(({ folder, ...example }) => {
  const fileName = `${example.model}.onnx`;
  return {
    ...example,
    fileName,
    source: {
      kind: 'download',
      urls: [
        `https://huggingface.co/onnxmodelzoo/${example.model}/resolve/main/${fileName}`,
        `https://media.githubusercontent.com/media/onnx/models/${commit}/validated/${folder}/${fileName}`,
      ],
    },
  };
});
